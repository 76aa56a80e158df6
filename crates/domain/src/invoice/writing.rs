//! What stands around an invoice's lines while it is written: whom it bills, its days, its message, its notes.

use crate::form::{FieldErrors, lines};
use crate::id::CustomerId;
use crate::time::Date;

/// The longest message to the customer, in characters.
pub const LONGEST_MEMO: usize = 2_000;
/// The longest internal notes, in characters.
pub const LONGEST_NOTES: usize = 5_000;
/// Nobody waits longer for his money, in days.
const LONGEST_TERM: i32 = 3_660;

/// The fields as typed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TypedInvoice<'a> {
    /// The customer's id.
    pub customer: &'a str,
    /// The day it bears.
    pub issued_on: &'a str,
    /// The day it is due.
    pub due_on: &'a str,
    /// What is printed at its foot.
    pub memo: &'a str,
    /// What no customer ever sees.
    pub notes: &'a str,
}

/// The fields, once they were read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Writing {
    /// Whom it bills.
    pub customer: CustomerId,
    /// The day it bears; `None` for the day it is sent.
    pub dated_on: Option<Date>,
    /// The day it is due.
    pub due_on: Date,
    /// What is printed at its foot; may be empty.
    pub memo: String,
    /// What no customer ever sees; may be empty.
    pub notes: String,
}

impl TypedInvoice<'_> {
    /// Reads the fields on `today`, the business's local date.
    ///
    /// # Errors
    /// Whatever can't be used, by field.
    pub fn read(&self, today: Date) -> Result<Writing, FieldErrors> {
        let mut errors = FieldErrors::default();
        let customer = errors.take("customer", self.customer.parse().map_err(|_| "Choose a customer."));
        let issued_on = errors.take("issued", issue_day(self.issued_on, today));
        let due_on = errors.take("due", due_day(self.due_on, issued_on.unwrap_or(today)));
        let memo = errors.take("memo", lines(self.memo, "a message", LONGEST_MEMO));
        let notes = errors.take("notes", lines(self.notes, "notes", LONGEST_NOTES));
        match (customer, issued_on, due_on, memo, notes) {
            (Some(customer), Some(issued_on), Some(due_on), Some(memo), Some(notes)) => {
                let dated_on = (issued_on != today).then_some(issued_on);
                Ok(Writing { customer, dated_on, due_on, memo, notes })
            }
            _ => Err(errors),
        }
    }
}

fn issue_day(typed: &str, today: Date) -> Result<Date, String> {
    let day: Date = typed.trim().parse().map_err(|_| "Enter the day the invoice bears.")?;
    if day > today {
        return Err(format!("Enter {today} or a day before it."));
    }
    if today.days_since(day) > LONGEST_TERM {
        return Err("Enter a day of the last ten years.".into());
    }
    Ok(day)
}

fn due_day(typed: &str, issued_on: Date) -> Result<Date, String> {
    let day: Date = typed.trim().parse().map_err(|_| "Enter the day it is due.")?;
    if day < issued_on {
        return Err(format!("Enter {issued_on}, its issue date, or a later day."));
    }
    later_day(day, issued_on)
}

/// A due date of an invoice that was sent: later than the one it has, or refused.
///
/// # Errors
/// Why it can't be used, in the user's words.
pub fn moved_due(typed: &str, due_on: Date, today: Date) -> Result<Date, String> {
    let day: Date = typed.trim().parse().map_err(|_| "Enter the new due date.")?;
    if day <= due_on {
        return Err(format!("A sent invoice’s due date only moves later. Enter a day after {due_on}."));
    }
    later_day(day, today)
}

fn later_day(day: Date, from: Date) -> Result<Date, String> {
    if day.days_since(from) > LONGEST_TERM { Err("Enter a day within ten years.".into()) } else { Ok(day) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn typed<'a>(issued_on: &'a str, due_on: &'a str) -> TypedInvoice<'a> {
        TypedInvoice { customer: "cus_00000000000000000000000001", issued_on, due_on, memo: " Thanks \r\n", notes: "" }
    }

    #[test]
    fn today_is_the_day_it_is_sent_and_no_day_lies_ahead() {
        let today = day("2026-11-23");
        let written = typed("2026-11-23", "2026-12-23").read(today).unwrap();
        assert_eq!((written.dated_on, written.due_on, written.memo.as_str()), (None, day("2026-12-23"), "Thanks"));
        assert_eq!(typed("2026-11-20", "2026-11-20").read(today).unwrap().dated_on, Some(day("2026-11-20")));
        assert!(typed("2026-11-24", "2026-12-23").read(today).unwrap_err().of("issued").is_some());
        assert!(typed("2026-11-23", "2026-11-22").read(today).unwrap_err().of("due").is_some());
        assert!(typed("2026-11-23", "2046-11-22").read(today).unwrap_err().of("due").is_some());
        let nothing = TypedInvoice::default().read(today).unwrap_err();
        assert!(["customer", "issued", "due"].iter().all(|field| nothing.of(field).is_some()));
    }

    #[test]
    fn a_due_date_moves_only_later() {
        let (due, today) = (day("2026-11-21"), day("2026-11-23"));
        assert_eq!(moved_due("2026-11-22", due, today), Ok(day("2026-11-22")));
        assert!(moved_due("2026-11-21", due, today).is_err() && moved_due("", due, today).is_err());
    }
}
