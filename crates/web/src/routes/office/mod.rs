//! The paths of the owner's application, one file a noun: patterns, who gets in, and constructors.

pub mod account;
pub mod business;
pub mod card_payments;
pub mod customer;
pub mod export;
pub mod home;
pub mod import;
pub mod invitation;
pub mod invoice;
pub mod payment;
pub mod plan;
pub mod quote;
pub mod settings;
pub mod setup;
pub mod tax_rate;

/// Who gets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Everybody: signing in and what stands before it.
    Everybody,
    /// Whoever belongs to the business and is signed in.
    Member,
    /// Its owner alone.
    Owner,
}

/// A route: its method, its pattern, who gets in.
pub type Route = (&'static str, &'static str, Who);

/// Every route of the owner's application. A test walks them as nobody, a customer, office staff, the owner and
/// the owner of another business.
pub fn all() -> impl Iterator<Item = Route> {
    let lists: &[&[Route]] = &[
        home::ROUTES,
        account::ROUTES,
        customer::ROUTES,
        quote::ROUTES,
        invoice::ROUTES,
        plan::ROUTES,
        payment::ROUTES,
        settings::ROUTES,
        import::ROUTES,
        export::ROUTES,
        invitation::ROUTES,
        setup::ROUTES,
        business::ROUTES,
        card_payments::ROUTES,
        tax_rate::ROUTES,
    ];
    lists.iter().copied().flatten().copied()
}

/// A path with those of the values that aren't empty.
fn with_query(path: &str, query: &[(&str, &str)]) -> String {
    let mut text = url::form_urlencoded::Serializer::new(String::new());
    text.extend_pairs(query.iter().filter(|(_, value)| !value.is_empty()));
    let text = text.finish();
    if text.is_empty() { path.to_owned() } else { format!("{path}?{text}") }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    #[test]
    fn no_route_is_listed_twice() {
        let mut seen = HashSet::new();
        for (method, pattern, _) in super::all() {
            assert!(seen.insert((method, pattern)), "{method} {pattern}");
        }
    }
}
