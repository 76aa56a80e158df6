//! A customer of a business: a person or a company. He needs no account and may have no email. What is entered
//! of him is read here, field by field, and folded into what lists are sorted by and searched in.

use crate::contact;
use crate::form::{FieldErrors, line, optional_line};
use crate::id::{BusinessId, CustomerId};
use crate::time::Instant;

crate::words! {
    /// What he is.
    pub enum CustomerKind {
        /// A person.
        Individual = "individual",
        /// A company, with somebody in it to ask for.
        Company = "company",
    }
}

/// A customer as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// His id.
    pub id: CustomerId,
    /// Whose customer he is.
    pub business: BusinessId,
    /// What he is.
    pub kind: CustomerKind,
    /// How he is addressed.
    pub name: String,
    /// Whom to ask for, in a company.
    pub contact: Option<String>,
    /// Where mail goes.
    pub email: Option<String>,
    /// Where he is called.
    pub phone: Option<String>,
    /// His postal address, one line a row; empty if unknown.
    pub address: String,
    /// Since when he is billed no more.
    pub archived_at: Option<Instant>,
    /// When his contact data was blanked, on his request.
    pub erased_at: Option<Instant>,
    /// Moves with each change of what was entered.
    pub revision: i64,
}

/// What is entered of a customer, once it is found fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Details {
    /// What he is.
    pub kind: CustomerKind,
    /// How he is addressed.
    pub name: String,
    /// Whom to ask for, in a company.
    pub contact: Option<String>,
    /// Where mail goes.
    pub email: Option<String>,
    /// Where he is called.
    pub phone: Option<String>,
    /// His postal address.
    pub address: String,
}

/// What is entered of a customer, as it was typed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Typed<'a> {
    /// `individual` or `company`; a person if it is empty.
    pub kind: &'a str,
    /// His name.
    pub name: &'a str,
    /// Whom to ask for.
    pub contact: &'a str,
    /// His address for mail.
    pub email: &'a str,
    /// His telephone.
    pub phone: &'a str,
    /// His postal address.
    pub address: &'a str,
}

/// Why a customer can't be billed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotBilled {
    /// Bring him back first.
    #[error("This customer is archived. Bring the customer back first.")]
    Archived,
    /// There is nobody any more.
    #[error("This customer’s data was erased, so nothing can be billed.")]
    Erased,
}

/// What a customer is called once his data was erased.
pub const ERASED_NAME: &str = "Erased customer";

const LONGEST_NAME: usize = 200;

impl Customer {
    /// A person of whom nothing but the name is known.
    #[must_use]
    pub fn named(id: CustomerId, business: BusinessId, name: impl Into<String>) -> Self {
        Self {
            id,
            business,
            kind: CustomerKind::Individual,
            name: name.into(),
            contact: None,
            email: None,
            phone: None,
            address: String::new(),
            archived_at: None,
            erased_at: None,
            revision: 1,
        }
    }

    /// The same customer with other details.
    #[must_use]
    pub fn with(&self, details: Details) -> Self {
        let Details { kind, name, contact, email, phone, address } = details;
        Self { kind, name, contact, email, phone, address, ..self.clone() }
    }

    /// What is left once his contact data is blanked.
    #[must_use]
    pub fn erased(&self, now: Instant) -> Self {
        let bare = Self::named(self.id.clone(), self.business.clone(), ERASED_NAME);
        let archived_at = self.archived_at.or(Some(now));
        Self { archived_at, erased_at: Some(now), revision: self.revision, ..bare }
    }

    /// How he is spoken of: "Rosa"; a company by its whole name.
    #[must_use]
    pub fn short_name(&self) -> &str {
        match self.kind {
            CustomerKind::Individual if self.erased_at.is_none() => {
                self.name.split_whitespace().next().unwrap_or(&self.name)
            }
            _ => &self.name,
        }
    }

    /// Whether invoices and plans may be made for him.
    ///
    /// # Errors
    /// Why not.
    pub const fn must_be_billable(&self) -> Result<(), NotBilled> {
        match (self.erased_at, self.archived_at) {
            (Some(_), _) => Err(NotBilled::Erased),
            (None, Some(_)) => Err(NotBilled::Archived),
            (None, None) => Ok(()),
        }
    }

    /// What lists are sorted by.
    #[must_use]
    pub fn sort_key(&self) -> String {
        folded(&self.name)
    }

    /// What lists are searched in: one line a field, and the telephone by its digits.
    #[must_use]
    pub fn search_text(&self) -> String {
        if self.erased_at.is_some() {
            return String::new();
        }
        let phone = self.phone.as_deref().map(digits).unwrap_or_default();
        let optional = |text: &Option<String>| text.as_deref().map(folded).unwrap_or_default();
        let fields = [folded(&self.name), optional(&self.contact), optional(&self.email), phone, folded(&self.address)];
        let fields: Vec<_> = fields.into_iter().filter(|field| !field.is_empty()).collect();
        fields.join("\n")
    }
}

/// A text as it is sorted and found: in small letters, with single spaces.
#[must_use]
pub fn folded(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// What is looked for, word by word, all of which must be found: a telephone number by its digits.
#[must_use]
pub fn search_words(query: &str) -> Vec<String> {
    let is_phone = |letter: char| letter.is_ascii_digit() || " +-().".contains(letter);
    let number = digits(query);
    if number.len() >= 3 && query.chars().all(is_phone) && query.trim().chars().any(|it| !it.is_ascii_digit()) {
        return vec![number];
    }
    folded(query).split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Reads what was entered. An address for mail is checked by whoever sends mail.
///
/// # Errors
/// Every field that can't be used.
pub fn read(typed: Typed<'_>, email: Result<Option<String>, String>) -> Result<Details, FieldErrors> {
    let mut errors = FieldErrors::default();
    let kind = errors.take("kind", kind(typed.kind));
    let name = errors.take("name", line(typed.name, "a name", LONGEST_NAME));
    let contact = errors.take("contact", optional_line(typed.contact, "a contact", LONGEST_NAME));
    let email = errors.take("email", email);
    let phone = errors.take("phone", contact::phone(typed.phone));
    let address = errors.take("address", contact::address(typed.address));
    match (kind, name, contact, email, phone, address) {
        (Some(kind), Some(name), Some(contact), Some(email), Some(phone), Some(address)) => {
            let contact = contact.filter(|_| kind == CustomerKind::Company);
            Ok(Details { kind, name, contact, email, phone, address })
        }
        _ => Err(errors),
    }
}

fn kind(text: &str) -> Result<CustomerKind, String> {
    match text {
        "" => Ok(CustomerKind::Individual),
        text => text.parse().map_err(|_| "Say whether this is a person or a company.".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rosa() -> Customer {
        let (id, business) = (format!("cus_{:026}", 1).parse().unwrap(), format!("biz_{:026}", 1).parse().unwrap());
        Customer {
            email: Some("Rosa@Delgado.example".into()),
            phone: Some("(512) 555-0176".into()),
            address: "1418 Juniper St\nAustin, TX 78702".into(),
            ..Customer::named(id, business, "  Rosa  Delgado")
        }
    }

    fn fine(typed: Typed<'_>) -> Result<Details, FieldErrors> {
        read(typed, Ok(None))
    }

    #[test]
    fn what_is_entered_is_trimmed_and_kept() {
        let typed = Typed {
            name: " Rosa ",
            phone: " 512.555.0176 x12 ",
            address: " 1 Elm \r\n\r\n Austin ",
            ..Typed::default()
        };
        let read = fine(typed).unwrap();
        assert_eq!((read.name.as_str(), read.kind), ("Rosa", CustomerKind::Individual));
        assert_eq!((read.phone.as_deref(), read.address.as_str()), (Some("512.555.0176 x12"), "1 Elm\nAustin"));
    }

    #[test]
    fn each_field_says_what_is_wrong_with_it() {
        let long = "x".repeat(201);
        let lines = "line\n".repeat(9);
        let typed =
            Typed { kind: "dog", name: "", contact: &long, phone: "call me", address: &lines, ..Typed::default() };
        let errors = read(typed, Err("Enter an email address.".into())).unwrap_err();
        let wrong: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(wrong, ["kind", "name", "contact", "email", "phone", "address"]);
    }

    #[test]
    fn a_person_has_no_contact_and_a_company_has() {
        let typed = |kind| Typed { kind, name: "Okafor Dental", contact: "Ada", ..Typed::default() };
        assert_eq!(fine(typed("individual")).unwrap().contact, None);
        assert_eq!(fine(typed("company")).unwrap().contact.as_deref(), Some("Ada"));
    }

    #[test]
    fn everything_is_found_in_small_letters_and_a_phone_by_its_digits() {
        let text = rosa().search_text();
        assert_eq!(text, "rosa delgado\nrosa@delgado.example\n5125550176\n1418 juniper st austin, tx 78702");
        let found = |query: &str| search_words(query).iter().all(|word| text.contains(word.as_str()));
        for query in ["ROSA", "delgado juniper", "(512) 555", "555-0176", "78702", "@delgado"] {
            assert!(found(query), "{query}");
        }
        assert!(!found("rosa elm") && search_words(" ").is_empty());
        assert_eq!(rosa().sort_key(), "rosa delgado");
    }

    #[test]
    fn an_erased_customer_is_a_name_and_nothing_to_find() {
        let erased = rosa().erased(Instant::from_microseconds(5));
        assert_eq!((erased.name.as_str(), erased.search_text().as_str()), (ERASED_NAME, ""));
        assert_eq!((erased.email.as_ref(), erased.phone.as_ref(), erased.address.as_str()), (None, None, ""));
        assert_eq!(erased.must_be_billable(), Err(NotBilled::Erased));
        assert_eq!(erased.short_name(), ERASED_NAME);
    }

    #[test]
    fn a_person_is_spoken_of_by_the_first_name() {
        assert_eq!(rosa().short_name(), "Rosa");
        let company = Customer { kind: CustomerKind::Company, name: "Okafor Dental".into(), ..rosa() };
        assert_eq!(company.short_name(), "Okafor Dental");
    }

    proptest! {
        #[test]
        fn whatever_is_read_is_found_by_its_name(name in "\\PC{1,60}") {
            if let Ok(details) = fine(Typed { name: &name, ..Typed::default() }) {
                let customer = rosa().with(details);
                for word in folded(&customer.name).split(' ') {
                    prop_assert!(customer.search_text().contains(word));
                }
            }
        }
    }
}
