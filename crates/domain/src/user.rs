//! Who signs in, and what he may do in a business. A person may belong to several.

use crate::id::UserId;

crate::words! {
    /// What somebody is in a business.
    pub enum Role {
        /// Everything.
        Owner = "owner",
        /// Customers, quotes, invoices, plans and recorded payments.
        Office = "office",
    }
}

/// Somebody who signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// His id.
    pub id: UserId,
    /// How he is called.
    pub name: String,
    /// What he signs in with, as he writes it.
    pub email: String,
    /// Whether he is asked for a code of his authenticator as well.
    pub has_totp: bool,
}

impl User {
    /// Two letters in place of a picture: `NK`.
    #[must_use]
    pub fn initials(&self) -> String {
        let words: Vec<_> = self.name.split_whitespace().collect();
        let ends = match words.as_slice() {
            [] => vec![],
            [only] => vec![*only],
            [first, .., last] => vec![*first, *last],
        };
        let letters = ends.into_iter().filter_map(|word| word.chars().next());
        letters.flat_map(char::to_uppercase).collect()
    }
}

/// An address as it is compared: nobody signs up twice by writing it otherwise.
#[must_use]
pub fn email_key(email: &str) -> String {
    email.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_of_the_first_and_last_name() {
        let id = format!("usr_{:026}", 1).parse().unwrap();
        let user = User { id, name: String::new(), email: String::new(), has_totp: false };
        for (name, initials) in [("Nora Keane", "NK"), ("luis", "L"), ("Ana Maria de Souza", "AS"), ("", "")] {
            assert_eq!(User { name: name.into(), ..user.clone() }.initials(), initials);
        }
    }
}
