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

/// The shortest password that is taken.
pub const SHORTEST_PASSWORD: usize = 10;
/// And the longest: who sends more wants to keep the server busy.
pub const LONGEST_PASSWORD: usize = 200;

/// Whether a new password can be used. It is taken as it is typed, spaces and all.
///
/// # Errors
/// A sentence that says what it lacks.
pub fn check_password(password: &str) -> Result<(), String> {
    match password.chars().count() {
        ..SHORTEST_PASSWORD => {
            Err(format!("Use at least {SHORTEST_PASSWORD} characters. A few words in a row are good."))
        }
        SHORTEST_PASSWORD..=LONGEST_PASSWORD => Ok(()),
        _ => Err(format!("Use at most {LONGEST_PASSWORD} characters.")),
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
    fn a_password_is_counted_in_letters() {
        assert!(check_password("four words").is_ok() && check_password(&"é".repeat(200)).is_ok());
        assert!(check_password("ééééééééé").is_err() && check_password(&"x".repeat(201)).is_err());
    }

    #[test]
    fn initials_are_of_the_first_and_last_name() {
        let id = format!("usr_{:026}", 1).parse().unwrap();
        let user = User { id, name: String::new(), email: String::new(), has_totp: false };
        for (name, initials) in [("Nora Keane", "NK"), ("luis", "L"), ("Ana Maria de Souza", "AS"), ("", "")] {
            assert_eq!(User { name: name.into(), ..user.clone() }.initials(), initials);
        }
    }
}
