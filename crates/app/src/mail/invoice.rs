//! The mail that brings an invoice: what is owed, by when, and how it is paid.

use url::Url;
use zoop_domain::invoice::{Line, Totals};
use zoop_domain::money::{Money, Quantity};
use zoop_domain::tax::TaxLine;
use zoop_domain::time::Date;

use super::{Letterhead, Mail, templates};

/// An invoice that was sent.
#[derive(Clone, Debug)]
pub struct InvoiceMail<'a> {
    /// Who writes.
    pub letterhead: Letterhead<'a>,
    /// How the customer is greeted.
    pub customer: &'a str,
    /// The invoice's number.
    pub number: &'a str,
    /// Its lines, taxes and total.
    pub totals: &'a Totals,
    /// What is left to be paid.
    pub balance: Money,
    /// When it is due.
    pub due_on: Date,
    /// The plan it belongs to, by title.
    pub plan: Option<&'a str>,
    /// Who has to do what.
    pub how: HowPaid<'a>,
    /// What the owner adds.
    pub message: Option<&'a str>,
    /// The invoice's page.
    pub url: &'a Url,
    /// The invoice as PDF.
    pub pdf: &'a Url,
}

/// How an invoice gets paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HowPaid<'a> {
    /// By the customer himself.
    ByHand {
        /// Whether its page takes a payment; else it says how to pay.
        online: bool,
    },
    /// By auto-pay.
    Automatic {
        /// What is charged: "Visa •••• 4242".
        method: &'a str,
        /// When.
        on: Date,
    },
    /// By the customer himself, because auto-pay may not take so much.
    OverCap {
        /// The most it may take.
        cap: Money,
    },
    /// It is paid already, or its total is zero.
    Paid,
}

impl InvoiceMail<'_> {
    fn amount(&self) -> Money {
        if self.how == HowPaid::Paid { self.totals.total } else { self.balance }
    }

    fn verb(&self) -> &'static str {
        match self.how {
            HowPaid::ByHand { online: true } | HowPaid::OverCap { .. } => "View and pay",
            HowPaid::ByHand { online: false } | HowPaid::Automatic { .. } | HowPaid::Paid => "View invoice",
        }
    }

    /// What was paid before, if anything was.
    fn settled(&self) -> Option<Money> {
        self.totals.total.minus(self.balance).ok().filter(|settled| settled.is_positive())
    }
}

/// Whether quantity and unit price say more than the line's total.
pub(super) fn is_several(line: &Line) -> bool {
    line.quantity != Quantity::from_e4(10_000)
}

pub(super) fn tax_label(tax: &TaxLine) -> String {
    format!("{} ({})", tax.rate.name, tax.rate.percent)
}

templates!(InvoiceMail, "mail/invoice.html", "mail/invoice.txt");

impl Mail for InvoiceMail<'_> {
    fn letterhead(&self) -> Letterhead<'_> {
        self.letterhead
    }

    fn subject(&self) -> String {
        format!("Invoice {} from {}", self.number, self.letterhead.name())
    }

    fn preheader(&self) -> String {
        match self.how {
            HowPaid::ByHand { .. } | HowPaid::OverCap { .. } => {
                format!("{} is due on {}.", self.amount(), self.due_on)
            }
            HowPaid::Automatic { method, on } => {
                format!("We’ll charge {} to {method} on {on}. You need do nothing.", self.amount())
            }
            HowPaid::Paid => "There is nothing to pay.".to_owned(),
        }
    }

    fn parts(&self) -> askama::Result<(String, String)> {
        draw(self)
    }
}

#[cfg(test)]
impl InvoiceMail<'_> {
    pub(super) fn samples() -> Vec<(&'static str, super::Rendered)> {
        use super::sample::{self, day, url, usd};
        let business = sample::greenline();
        let (totals, free) = (sample::totals(), sample::free_totals());
        let link = url("https://pay.example/i/SECRET");
        let pdf = url("https://pay.example/i/SECRET/invoice.pdf");
        let ordinary = InvoiceMail {
            letterhead: Letterhead::new(&business),
            customer: "Dana Whitfield",
            number: "INV-1062",
            totals: &totals,
            balance: totals.total,
            due_on: day("2026-09-28"),
            plan: None,
            how: HowPaid::ByHand { online: true },
            message: None,
            url: &link,
            pdf: &pdf,
        };
        let planned = InvoiceMail { plan: Some("Monthly lawn care"), ..ordinary.clone() };
        let automatic = HowPaid::Automatic { method: "Visa •••• 4242", on: day("2026-12-01") };
        let message = Some("The gate was locked on the 12th, so that cut is not on this bill.\n\nJo");
        let bare = sample::bare();
        vec![
            ("invoice", sample::drawn(&InvoiceMail { message, ..ordinary.clone() })),
            ("invoice-automatic", sample::drawn(&InvoiceMail { how: automatic, ..planned.clone() })),
            ("invoice-over-cap", sample::drawn(&InvoiceMail { how: HowPaid::OverCap { cap: usd(15_000) }, ..planned })),
            ("invoice-partly-paid", sample::drawn(&InvoiceMail { balance: usd(8_630), ..ordinary.clone() })),
            (
                "invoice-free",
                sample::drawn(&InvoiceMail { totals: &free, balance: usd(0), how: HowPaid::Paid, ..ordinary.clone() }),
            ),
            (
                "invoice-awkward",
                sample::drawn(&InvoiceMail {
                    letterhead: Letterhead::new(&bare),
                    customer: "<b>Bold</b> & Sons \"Ltd\"",
                    how: HowPaid::ByHand { online: false },
                    message: Some("</td></table><script>alert(1)</script>"),
                    ..ordinary
                }),
            ),
        ]
    }
}
