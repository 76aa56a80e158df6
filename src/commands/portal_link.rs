//! `zoop portal-link`: the owner's hold on a customer's link, until he has a page for it.

use zoop_app::{Actor, App, Error, portal_link};
use zoop_domain::id::{BusinessId, CustomerId};
use zoop_domain::time::TimeZone;

use super::Failure;
use crate::cli::PortalLink;
use crate::config::Config;
use crate::wire;

pub(crate) async fn run(config: &Config, command: &PortalLink) -> Result<(), Failure> {
    let db = wire::ready_database(config).await?;
    let app = wire::app(config, db, None);
    let outcome = act(&app, command).await;
    app.db.close().await;
    outcome
}

async fn act(app: &App, command: &PortalLink) -> Result<(), Failure> {
    let (PortalLink::Generate(who) | PortalLink::Rotate(who) | PortalLink::Revoke(who) | PortalLink::Status(who)) =
        command;
    let customer: CustomerId = who
        .customer
        .parse()
        .map_err(|_| Failure::new(format!("{:?} is not a customer’s id; it begins with cus_", who.customer)))?;
    let (business, zone) = owner(app, &customer).await?;
    let actor = Actor::Operator;
    match command {
        PortalLink::Generate(_) => {
            let link = portal_link::generate::generate(app, actor, &business, &customer).await?;
            println!("{}", link.url);
            eprintln!("This address is shown once. If it gets lost, rotate the link.");
        }
        PortalLink::Rotate(_) => {
            let link = portal_link::rotate::rotate(app, actor, &business, &customer).await?;
            println!("{}", link.url);
            eprintln!("The old link no longer works. This address is shown once.");
        }
        PortalLink::Revoke(_) => {
            portal_link::revoke::revoke(app, actor, &business, &customer).await?;
            println!("The link no longer works.");
        }
        PortalLink::Status(_) => status(app, &business, &customer, &zone).await?,
    }
    Ok(())
}

async fn status(app: &App, business: &BusinessId, customer: &CustomerId, zone: &TimeZone) -> Result<(), Failure> {
    let Some(link) = portal_link::status::status(app, business, customer).await? else {
        println!("no link: none was ever generated");
        return Ok(());
    };
    let day = |at: zoop_domain::time::Instant| format!("{} ({at})", at.date_in(zone));
    match link.ended {
        None => println!("active"),
        Some((at, how)) => println!("no live link: {how} {}", day(at)),
    }
    println!("created   {}", day(link.created_at));
    println!("last seen {}", link.last_seen_at.map_or_else(|| "never".into(), day));
    Ok(())
}

/// Whose customer it is: the operator is above businesses, everybody else is inside one.
async fn owner(app: &App, customer: &CustomerId) -> Result<(BusinessId, TimeZone), Failure> {
    let mut tx = app.db.read().await?;
    for business in zoop_store::business::list(&mut tx).await? {
        if zoop_store::customer::get(&mut tx, &business.id, customer).await?.is_some() {
            return Ok((business.id, business.time_zone));
        }
    }
    Err(Failure::new(format!("there is no customer {customer}: {}", Error::NotFound)))
}
