//! What stands around every page of the owner's application: the business, the navigation, who is signed in,
//! and the line that says what was just done.

use zoop_domain::business::Business;
use zoop_domain::user::{Role, User};

use crate::routes;

/// Where in the navigation a page stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Home.
    Home,
    /// Customers.
    Customers,
    /// Quotes.
    Quotes,
    /// Invoices.
    Invoices,
    /// Plans.
    Plans,
    /// Payments.
    Payments,
    /// Settings.
    Settings,
    /// One's own account, which stands in no navigation.
    Account,
}

/// What a page is drawn into.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The business.
    pub business: Business,
    /// Who is signed in.
    pub user: User,
    /// As what.
    pub role: Role,
    /// What every form carries.
    pub form_token: String,
    /// Whether this install can send mail.
    pub sends_mail: bool,
    /// What was just done.
    pub toast: Option<String>,
    /// Where the page stands.
    pub place: Place,
}

/// An entry of the navigation.
pub struct Entry {
    /// Its name.
    pub name: &'static str,
    /// Where it leads.
    pub path: &'static str,
    /// Its icon in the sprite.
    pub icon: &'static str,
    place: Place,
}

const ENTRIES: &[Entry] = &[
    Entry { name: "Home", path: routes::office::home::HOME, icon: "home", place: Place::Home },
    Entry { name: "Customers", path: routes::office::customer::CUSTOMERS, icon: "users", place: Place::Customers },
    Entry { name: "Quotes", path: routes::office::quote::QUOTES, icon: "quote", place: Place::Quotes },
    Entry { name: "Invoices", path: routes::office::invoice::INVOICES, icon: "invoice", place: Place::Invoices },
    Entry { name: "Plans", path: routes::office::plan::PLANS, icon: "repeat", place: Place::Plans },
    Entry { name: "Payments", path: routes::office::payment::PAYMENTS, icon: "card", place: Place::Payments },
    Entry { name: "Settings", path: routes::office::settings::SETTINGS, icon: "gear", place: Place::Settings },
];

impl Frame {
    /// The navigation, in its order.
    #[must_use]
    pub fn entries(&self) -> &'static [Entry] {
        ENTRIES
    }

    /// What has room in the bar of a phone.
    pub fn bar(&self) -> impl Iterator<Item = &'static Entry> {
        ENTRIES.iter().filter(|entry| entry.is_in_bar())
    }

    /// What the bar keeps below More.
    pub fn more(&self) -> impl Iterator<Item = &'static Entry> {
        ENTRIES.iter().filter(|entry| !entry.is_in_bar())
    }

    /// Whether the page stands below More.
    #[must_use]
    pub fn is_below_more(&self) -> bool {
        self.more().any(|entry| entry.place == self.place)
    }

    /// Whether an owner is signed in.
    #[must_use]
    pub fn is_owner(&self) -> bool {
        self.role == Role::Owner
    }

    /// Whether an owner is to be told here that nothing goes out by mail.
    #[must_use]
    pub fn warns_of_mail(&self) -> bool {
        !self.sends_mail && self.is_owner() && matches!(self.place, Place::Home | Place::Settings)
    }

    /// Whether `entry` is where the page stands.
    #[must_use]
    pub fn is_here(&self, entry: &Entry) -> bool {
        entry.place == self.place
    }

    /// "Owner", "Office".
    #[must_use]
    pub fn role_name(&self) -> &'static str {
        role_name(&self.role)
    }

    /// The logo's path, if the business has one.
    #[must_use]
    pub fn logo(&self) -> Option<String> {
        self.business.logo.as_deref().map(|hash| routes::brand_logo(&self.business, hash))
    }

    /// What stands in for a missing logo.
    #[must_use]
    pub fn monogram(&self) -> String {
        zoop_domain::contact::monogram(&self.business.name)
    }
}

/// "Owner", "Office".
#[must_use]
pub fn role_name(role: &Role) -> &'static str {
    match role {
        Role::Owner => "Owner",
        Role::Office => "Office",
    }
}

impl Entry {
    fn is_in_bar(&self) -> bool {
        matches!(self.place, Place::Home | Place::Customers | Place::Invoices | Place::Payments)
    }
}
