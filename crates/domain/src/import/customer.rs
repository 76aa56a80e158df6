//! A row of a file of customers. Other programs write a name and an address in one column or in several.

use std::collections::HashSet;

use super::{Column, Header};
use crate::customer::{Customer, Details, Typed, folded};

/// The columns that are read; their places are the constants below.
pub const COLUMNS: &[Column] = &[
    Column { name: "Name", synonyms: &["customer", "customername", "fullname", "displayname", "client", "clientname"] },
    Column { name: "First name", synonyms: &["givenname", "forename"] },
    Column { name: "Last name", synonyms: &["surname", "familyname"] },
    Column { name: "Company", synonyms: &["companyname", "organization", "organisation", "business", "businessname"] },
    Column { name: "Kind", synonyms: &["type", "customertype"] },
    Column { name: "Contact", synonyms: &["contactname", "contactperson", "attention", "attn"] },
    Column { name: "Email", synonyms: &["emailaddress", "mail", "customeremail", "primaryemail", "mainemail"] },
    Column {
        name: "Phone",
        synonyms: &["phonenumber", "telephone", "tel", "mobile", "cell", "mainphone", "primaryphone", "cellphone"],
    },
    Column { name: "Address", synonyms: &["billingaddress", "postaladdress", "mailingaddress", "fulladdress"] },
    Column { name: "Street", synonyms: &["streetaddress", "address1", "addressline1", "street1", "billingstreet"] },
    Column { name: "Street 2", synonyms: &["address2", "addressline2", "apt", "unit", "suite"] },
    Column { name: "City", synonyms: &["town", "billingcity"] },
    Column { name: "State", synonyms: &["province", "region", "county", "billingstate"] },
    Column { name: "Zip", synonyms: &["zipcode", "postcode", "postalcode", "postal", "billingzip"] },
    Column { name: "Country", synonyms: &["billingcountry"] },
    Column { name: "Archived at", synonyms: &["archived"] },
    Column { name: "Erased at", synonyms: &["erased"] },
];

const NAME: usize = 0;
const FIRST_NAME: usize = 1;
const LAST_NAME: usize = 2;
const COMPANY: usize = 3;
const KIND: usize = 4;
const CONTACT: usize = 5;
const EMAIL: usize = 6;
const PHONE: usize = 7;
const ADDRESS: usize = 8;
const STREET: usize = 9;
const STREET_2: usize = 10;
const CITY: usize = 11;
const STATE: usize = 12;
const ZIP: usize = 13;
const COUNTRY: usize = 14;
const ARCHIVED: usize = 15;
const ERASED: usize = 16;

/// A row as it stands in the file, its parts put together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypedRow {
    kind: String,
    name: String,
    contact: String,
    email: String,
    phone: String,
    address: String,
    /// Whether he is billed no more.
    pub is_archived: bool,
    /// Whether nothing is left of him but the place where he was.
    pub is_erased: bool,
}

/// A customer who may come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCustomer {
    /// What is known of him.
    pub details: Details,
    /// Whether he is billed no more.
    pub is_archived: bool,
}

/// Refuses a file of which nobody could be called by name.
///
/// # Errors
/// What is missing, in the user's words.
pub fn check(header: &Header) -> Result<(), String> {
    if [NAME, LAST_NAME, FIRST_NAME, COMPANY].iter().any(|column| header.has(*column)) {
        return Ok(());
    }
    Err("There is no column “Name” in the first row. Put the columns’ names there, such as Name, Email, Phone, Address."
        .to_owned())
}

impl TypedRow {
    /// Puts the parts of a row together.
    #[must_use]
    pub fn of(header: &Header, cells: &[&str]) -> Self {
        let cell = |column| header.cell(cells, column);
        let person = match cell(NAME) {
            "" => joined(&[cell(FIRST_NAME), cell(LAST_NAME)], " "),
            name => name.to_owned(),
        };
        let company = cell(COMPANY);
        let contact = cell(CONTACT);
        let (name, contact) = match (company, contact) {
            ("", contact) => (person, contact.to_owned()),
            (company, "") if person != company => (company.to_owned(), person),
            (company, contact) => (company.to_owned(), contact.to_owned()),
        };
        let kind = if company.is_empty() { kind(cell(KIND)) } else { "company".to_owned() };
        let address = match cell(ADDRESS) {
            "" => parts(&cell),
            address if header.has(CITY) || header.has(ZIP) => joined(&[address, &parts(&cell)], "\n"),
            address => address.to_owned(),
        };
        Self {
            kind,
            name,
            contact,
            email: cell(EMAIL).to_owned(),
            phone: cell(PHONE).to_owned(),
            address,
            is_archived: !matches!(cell(ARCHIVED).to_lowercase().as_str(), "" | "no" | "false" | "0"),
            is_erased: !matches!(cell(ERASED).to_lowercase().as_str(), "" | "no" | "false" | "0"),
        }
    }

    /// As a form would send it.
    #[must_use]
    pub fn typed(&self) -> Typed<'_> {
        Typed {
            kind: &self.kind,
            name: &self.name,
            contact: &self.contact,
            email: &self.email,
            phone: &self.phone,
            address: &self.address,
        }
    }
}

fn kind(text: &str) -> String {
    match text.to_lowercase().as_str() {
        "person" | "individual" | "residential" | "private" => "individual".to_owned(),
        "company" | "business" | "organization" | "organisation" | "commercial" => "company".to_owned(),
        _ => text.to_owned(),
    }
}

/// "1 Elm St", "Austin, TX 78702", "USA": a line each.
fn parts<'a>(cell: &impl Fn(usize) -> &'a str) -> String {
    let region = joined(&[cell(STATE), cell(ZIP)], " ");
    let city = joined(&[cell(CITY), &region], ", ");
    joined(&[cell(STREET), cell(STREET_2), &city, cell(COUNTRY)], "\n")
}

fn joined(parts: &[&str], between: &str) -> String {
    let parts: Vec<_> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    parts.join(between)
}

/// Who is here, so that nobody comes in twice.
#[derive(Clone, Debug, Default)]
pub struct Known {
    people: HashSet<(String, String)>,
    emails: HashSet<String>,
}

/// How a row stands to those who are here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nobody like him is here.
    New,
    /// Somebody else has the same address for mail. A family shares one.
    SharesEmail,
    /// He is here: the same name, and the same address for mail; or without one, the same telephone and address.
    Here,
}

impl Known {
    /// Whoever is a customer already.
    #[must_use]
    pub fn of<'a>(customers: impl IntoIterator<Item = &'a Customer>) -> Self {
        let mut known = Self::default();
        for customer in customers.into_iter().filter(|customer| customer.erased_at.is_none()) {
            let Customer { name, email, phone, address, .. } = customer;
            known.add(name, email.as_deref(), phone.as_deref(), address);
        }
        known
    }

    /// How a row stands to those who are here, and to the rows before it.
    pub fn meet(&mut self, details: &Details) -> Standing {
        let Details { name, email, phone, address, .. } = details;
        let shares = email.as_ref().is_some_and(|email| self.emails.contains(&email.to_lowercase()));
        let is_new = self.add(name, email.as_deref(), phone.as_deref(), address);
        match (is_new, shares) {
            (false, _) => Standing::Here,
            (true, true) => Standing::SharesEmail,
            (true, false) => Standing::New,
        }
    }

    fn add(&mut self, name: &str, email: Option<&str>, phone: Option<&str>, address: &str) -> bool {
        let email = email.map(str::to_lowercase);
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let reached = match &email {
            Some(email) => email.clone(),
            None => format!("{}\n{}", phone.map(digits).unwrap_or_default(), folded(address)),
        };
        self.emails.extend(email);
        self.people.insert((folded(name), reached))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customer::{CustomerKind, read};

    fn row(head: &[&str], cells: &[&str]) -> TypedRow {
        let header = Header::read(head, COLUMNS).unwrap();
        check(&header).unwrap();
        TypedRow::of(&header, cells)
    }

    fn details(row: &TypedRow) -> Details {
        let email = (!row.email.is_empty()).then(|| row.email.clone());
        read(row.typed(), Ok(email)).unwrap()
    }

    #[test]
    fn a_name_and_an_address_come_in_one_piece_or_in_several() {
        let one = row(&["Name", "Address"], &["Rosa Delgado", "1418 Juniper St\nAustin, TX 78702"]);
        let several = row(
            &["First Name", "Last Name", "Street", "City", "State", "ZIP"],
            &["Rosa", "Delgado", "1418 Juniper St", "Austin", "TX", "78702"],
        );
        assert_eq!(one, several);
        let both = row(&["Name", "Address", "City", "Zip"], &["Rosa", "1 Elm St", "Austin", ""]);
        assert_eq!(both.address, "1 Elm St\nAustin");
    }

    #[test]
    fn a_company_has_somebody_to_ask_for() {
        let okafor = row(&["Company", "Name", "Type"], &["Okafor Dental", "Ada Okafor", "residential"]);
        let details = details(&okafor);
        assert_eq!((details.kind, details.name.as_str()), (CustomerKind::Company, "Okafor Dental"));
        assert_eq!(details.contact.as_deref(), Some("Ada Okafor"));
        assert_eq!(row(&["Name", "Kind"], &["Lowry", "Business"]).kind, "company");
    }

    #[test]
    fn a_file_without_names_is_refused() {
        let header = Header::read(&["Email", "Phone"], COLUMNS).unwrap();
        assert!(check(&header).unwrap_err().contains("“Name”"));
    }

    #[test]
    fn nobody_comes_in_twice_and_a_family_may_share_an_address() {
        let mut known = Known::default();
        let mut meet = |name, email| known.meet(&details(&row(&["Name", "Email"], &[name, email])));
        assert_eq!(meet("Rosa Delgado", "rosa@delgado.example"), Standing::New);
        assert_eq!(meet("ROSA  delgado", "Rosa@Delgado.example"), Standing::Here);
        assert_eq!(meet("Luz Delgado", "rosa@delgado.example"), Standing::SharesEmail);
        assert_eq!(meet("Rosa Delgado", ""), Standing::New);
        assert_eq!(meet("Rosa Delgado", ""), Standing::Here);
    }
}
