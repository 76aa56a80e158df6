//! Imports: a file is chosen, shown as it would come in, and taken over by background work.

pub mod show;
pub mod upload;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use zoop_app::import::LARGEST_FILE;
use zoop_domain::import::ImportKind;

use crate::Web;
use crate::routes::office::{customer, import, invoice};

/// The file and what is around it.
const BODY_LIMIT: usize = 4 * LARGEST_FILE;

/// The routes of this folder.
pub(crate) fn router() -> Router<Web> {
    Router::new()
        .route(import::CUSTOMERS, get(upload::customers))
        .route(import::INVOICES, get(upload::invoices))
        .route(import::CUSTOMERS, post(upload::post_customers).layer(DefaultBodyLimit::max(BODY_LIMIT)))
        .route(import::INVOICES, post(upload::post_invoices).layer(DefaultBodyLimit::max(BODY_LIMIT)))
        .route(import::IMPORT, get(show::get).post(show::start))
}

/// "1 customer", "1,204 open invoices".
fn counted(kind: ImportKind, count: usize) -> String {
    let noun = match (kind, count) {
        (ImportKind::Customers, 1) => "customer",
        (ImportKind::Customers, _) => "customers",
        (ImportKind::Invoices, 1) => "open invoice",
        (ImportKind::Invoices, _) => "open invoices",
    };
    format!("{} {noun}", grouped(count))
}

/// "1,204".
fn grouped(count: usize) -> String {
    if count < 1_000 { count.to_string() } else { format!("{},{:03}", grouped(count / 1_000), count % 1_000) }
}

/// The list that they come to stand in: its path and its name.
const fn list_of(kind: ImportKind) -> (&'static str, &'static str) {
    match kind {
        ImportKind::Customers => (customer::CUSTOMERS, "Customers"),
        ImportKind::Invoices => (invoice::INVOICES, "Invoices"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_written_with_its_noun() {
        assert_eq!(counted(ImportKind::Customers, 1), "1 customer");
        assert_eq!(counted(ImportKind::Invoices, 1_204), "1,204 open invoices");
        assert_eq!(grouped(1_000_007), "1,000,007");
    }
}
