//! What the demo says once it is ready: to a person, or to a program in one line of JSON.

use std::path::Path;

use serde_json::json;
use url::Url;

use super::Addresses;
use super::folder::Kept;
use super::seed::{ACCOUNT, PayBlocks, Seeded};
use super::staff::{OWNER, STAFF};
use crate::commands::say;

pub(super) fn ready(demo: &Kept, addresses: &Addresses, folder: &Path, as_json: bool) {
    say(if as_json { line(demo, addresses) } else { letter(demo, addresses, folder) });
}

/// Without the last slash, so that a path can be put behind it.
fn plain(address: &Url) -> &str {
    address.as_str().trim_end_matches('/')
}

fn line(demo: &Kept, Addresses { base, stripe, mailbox }: &Addresses) -> String {
    let url = |path: &String| format!("{base}{path}");
    let Seeded { portal, revoked_portal, customer, plans, invoices, turn_off, pay_block, .. } = &demo.seeded;
    let PayBlocks { online, online_and_offline, offline, none } = pay_block;
    let invoices: serde_json::Map<_, _> =
        invoices.iter().map(|(status, path)| (status.clone(), json!(url(path)))).collect();
    json!({
        "base": plain(base),
        "portal": url(portal),
        "revoked_portal": url(revoked_portal),
        "customer": customer,
        "plans": plans,
        "invoices": invoices,
        "turn_off_link": url(turn_off),
        "pay_block": {
            "online": url(online),
            "online_and_offline": url(online_and_offline),
            "offline": url(offline),
            "none": url(none),
        },
        "stripe": plain(stripe),
        "stripe_secret_key": demo.secrets.key,
        "stripe_account": ACCOUNT,
        "mailbox": plain(mailbox),
        "office": {
            "url": format!("{base}office"),
            "owner": { "email": OWNER.email, "password": OWNER.password },
            "staff": { "email": STAFF.email, "password": STAFF.password },
            "customer": format!("{base}office/customers/{customer}"),
        },
    })
    .to_string()
}

fn letter(demo: &Kept, Addresses { base, stripe, mailbox }: &Addresses, folder: &Path) -> String {
    let Seeded { portal, empty_portal, revoked_portal, customer, invoices, turn_off, pay_block, .. } = &demo.seeded;
    let (stripe, mailbox) = (plain(stripe), plain(mailbox));
    let invoice = |status: &str| invoices.get(status).map(|path| format!("{base}{path}")).unwrap_or_default();
    let folder = folder.display();
    format!(
        "\
Zoop’s demo is ready. Everything is made up: no real card, no real money.

Sign in as the business               {base}office
  as its owner                          {owner_email}   {owner_password}
  as office staff                       {staff_email}   {staff_password}

Open as a customer
  Dana’s portal, 60 invoices and more   {base}{portal}
  a new customer’s portal               {base}{empty_portal}
  a link that was revoked               {base}{revoked_portal}

Pay something
  an overdue invoice                    {}
  one that isn’t due yet                {}
  one whose automatic payment failed    {}
  one of a plan, which offers auto-pay  {}
  one beyond what auto-pay may take     {}

Read the mail, which goes nowhere else
  the mailbox                           {mailbox}
  a mail’s link to turn auto-pay off    {base}{turn_off}

Move the time on
  the stand-in for Stripe               {stripe}
  Its first page moves the clock day by day: bills are made, cards charged, mails sent, each on its day.

How a page offers payment
  online only                           {base}{}
  online and offline                    {base}{}
  offline only                          {base}{}
  neither                               {base}{}

Test cards (any expiry in the future, any CVC)
  4242 4242 4242 4242  pays             4000 0025 0000 3155  asks for the bank’s challenge
  4000 0000 0000 0002  is declined      4000 0000 0000 9995  is declined: not enough money

Cut the portal link off as the owner, on Dana’s page or by the command line, then reload the portal
  Dana’s page                           {base}office/customers/{customer}
  zoop portal-link revoke --customer {customer} --database-url sqlite://{folder}/zoop.db

Everything is kept in {folder}; --reset begins afresh. Ctrl-C stops.",
        invoice("overdue"),
        invoice("open"),
        invoice("dunning"),
        invoice("plan"),
        invoice("over_cap"),
        pay_block.online,
        pay_block.online_and_offline,
        pay_block.offline,
        pay_block.none,
        owner_email = OWNER.email,
        owner_password = OWNER.password,
        staff_email = STAFF.email,
        staff_password = STAFF.password,
    )
}
