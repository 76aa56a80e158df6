//! `zoop portal-link`: the owner's hold on a customer's link, until he has a page for it. The
//! address alone goes to stdout, so that it can be piped on; words about it go to stderr.

use std::io::Write as _;

use url::Url;
use zoop_app::{Actor, App, Error, portal_link};
use zoop_domain::id::{BusinessId, CustomerId};
use zoop_domain::time::{Instant, TimeZone};

use super::{Failure, say, tell, tenant};
use crate::cli::PortalLink;
use crate::config::Config;
use crate::wire;

pub(crate) async fn run(config: &Config, command: &PortalLink) -> Result<(), Failure> {
    let customer = parse(command)?;
    let db = wire::ready_database_at_once(config).await?;
    let app = wire::app(config, db, None)?;
    let outcome = act(&app, command, &customer).await;
    app.db.close().await;
    outcome
}

fn parse(command: &PortalLink) -> Result<CustomerId, Failure> {
    let (PortalLink::Generate(who) | PortalLink::Rotate(who) | PortalLink::Revoke(who) | PortalLink::Status(who)) =
        command;
    let wrong =
        |_| Failure::new(format!("{:?} is no customer’s id; one is cus_ and 26 letters and digits", who.customer));
    who.customer.parse().map_err(wrong)
}

async fn act(app: &App, command: &PortalLink, customer: &CustomerId) -> Result<(), Failure> {
    let (business, _) = tenant::customer(app, customer.as_str()).await?;
    let (business, zone) = (business.id, business.time_zone);
    let actor = Actor::Operator;
    match command {
        PortalLink::Generate(_) => {
            let link = match portal_link::generate::generate(app, actor, &business, customer).await {
                Err(Error::Conflict(why)) => return Err(Failure::new(format!("{why}; `rotate` replaces it"))),
                link => link?,
            };
            hand_out(&link.url)?;
            tell("This address is shown once. If it gets lost, rotate the link.");
        }
        PortalLink::Rotate(_) => {
            let link = portal_link::rotate::rotate(app, actor, &business, customer).await?;
            hand_out(&link.url)?;
            tell("The old link no longer works. This address is shown once.");
        }
        PortalLink::Revoke(_) => {
            portal_link::revoke::revoke(app, actor, &business, customer).await?;
            say("The link no longer works.");
        }
        PortalLink::Status(_) => status(app, &business, customer, &zone).await?,
    }
    Ok(())
}

/// Only its hash is kept, so an address that nobody saw is lost.
fn hand_out(url: &Url) -> Result<(), Failure> {
    writeln!(std::io::stdout(), "{url}")
        .map_err(|_| Failure::new("the link was made, but its address could not be printed; rotate it to get another"))
}

async fn status(app: &App, business: &BusinessId, customer: &CustomerId, zone: &TimeZone) -> Result<(), Failure> {
    let Some(link) = portal_link::status::status(app, business, customer).await? else {
        say("no link: none was ever generated");
        return Ok(());
    };
    let day = |at: Instant| format!("{} ({at})", at.date_in(zone));
    match link.ended {
        None => say("active"),
        Some((at, how)) => say(format_args!("no live link: {how} {}", day(at))),
    }
    say(format_args!("created   {}", day(link.created_at)));
    say(format_args!("last seen {}", link.last_seen_at.map_or_else(|| "never".into(), day)));
    Ok(())
}
