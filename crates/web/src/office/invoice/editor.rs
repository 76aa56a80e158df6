//! The editor of a draft: customer, days, lines, message, notes. Everything that was typed comes back, whatever is
//! pressed; whoever saves over somebody else's change is shown that change first.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use zoop_app::Error;
use zoop_app::invoice::edit::{self, Contents};
use zoop_app::invoice::look::{self, Look};
use zoop_domain::customer::Customer;
use zoop_domain::form::FieldErrors;
use zoop_domain::id::{InvoiceId, TaxRateId};
use zoop_domain::invoice::entry::TaxChoice;
use zoop_domain::invoice::writing::TypedInvoice;

use crate::Web;
use crate::error::PageError;
use crate::office::line_editor::{LineEditor, Pressed};
use crate::office::{Entered, Fields, Frame, Place, Posted, Staff, toast};
use crate::page::Samples;
use crate::routes::office::invoice as paths;

/// So many customers stand in one list; more are searched.
const IN_A_LIST: usize = 200;

/// The page.
#[derive(Template)]
#[template(path = "office/invoice/edit.html", whitespace = "minimize")]
pub struct EditInvoicePage {
    pub(crate) frame: Frame,
    /// The draft, unless it is a new one.
    pub(crate) invoice: Option<InvoiceId>,
    pub(crate) entered: Entered,
    pub(crate) editor: LineEditor,
    pub(crate) customers: Vec<Customer>,
    /// Whether there are too many customers for one list.
    pub(crate) searches: bool,
    /// What somebody else saved meanwhile.
    pub(crate) newer: Option<Box<Look>>,
}

impl EditInvoicePage {
    fn action(&self) -> String {
        self.invoice.as_ref().map_or_else(|| paths::INVOICES.to_owned(), |invoice| paths::act(invoice, "edit"))
    }

    fn way_out(&self) -> String {
        self.invoice.as_ref().map_or_else(|| paths::INVOICES.to_owned(), paths::show)
    }

    fn title(&self) -> &'static str {
        if self.invoice.is_some() { "Edit draft" } else { "New invoice" }
    }

    fn due_hint(&self) -> String {
        match self.frame.business.due_days {
            1 => "1 day is your usual term".to_owned(),
            days => format!("{days} days are your usual terms"),
        }
    }

    fn chosen_email(&self) -> &str {
        let chosen = self.customers.iter().find(|it| self.entered.is("customer", it.id.as_str()));
        chosen.and_then(|it| it.email.as_deref()).unwrap_or_default()
    }
}

/// `GET /office/invoices/new`
pub async fn new(State(web): State<Web>, RawQuery(query): RawQuery, staff: Staff) -> Result<Response, PageError> {
    let query = Fields::read(query.unwrap_or_default().as_bytes());
    let today = web.app.now().date_in(&staff.business.time_zone);
    let due_in = i32::try_from(staff.business.due_days).unwrap_or_default();
    let entered = Entered::of([
        ("customer", query.get("customer").to_owned()),
        ("issued", today.iso()),
        ("due", today.plus_days(due_in).iso()),
        ("revision", "1".to_owned()),
    ]);
    let default = staff.business.default_tax_rate.clone();
    let rates = edit::rates(&web.app, staff.at(), &[]).await?;
    let editor = LineEditor::new(rates, default.as_ref(), staff.business.currency);
    let page = page(&web, &staff, None, entered, editor).await?;
    staff.page(&page)
}

/// `GET /office/invoices/{invoice}/edit`
pub async fn open(State(web): State<Web>, Path(invoice): Path<String>, staff: Staff) -> Result<Response, PageError> {
    let look = find(&web, &staff, &invoice).await?;
    let id = look.sheet.invoice.id.clone();
    if !look.is_draft() {
        return Ok(Redirect::to(&paths::show(&id)).into_response());
    }
    let (entered, editor) = stored(&web, &staff, &look).await?;
    let page = page(&web, &staff, Some(id), entered, editor).await?;
    staff.page(&page)
}

/// `POST /office/invoices`
pub async fn create(State(web): State<Web>, Posted { staff, fields }: Posted) -> Result<Response, PageError> {
    save(&web, &staff, None, fields).await
}

/// `POST /office/invoices/{invoice}/edit`
pub async fn edit(
    State(web): State<Web>,
    Path(invoice): Path<String>,
    Posted { staff, fields }: Posted,
) -> Result<Response, PageError> {
    let look = find(&web, &staff, &invoice).await?;
    save(&web, &staff, Some(look), fields).await
}

async fn find(web: &Web, staff: &Staff, invoice: &str) -> Result<Look, PageError> {
    let id = invoice.parse().map_err(|_| PageError::NotFound)?;
    Ok(look::look(&web.app, staff.actor(), &staff.business, &id).await?)
}

async fn save(web: &Web, staff: &Staff, before: Option<Look>, fields: Fields) -> Result<Response, PageError> {
    let kept = before.as_ref().map(kept_rates).unwrap_or_default();
    let rates = edit::rates(&web.app, staff.at(), &kept).await?;
    let mut editor = LineEditor::new(rates, None, staff.business.currency).sent(&fields);
    let id = before.as_ref().map(|look| look.sheet.invoice.id.clone());
    if editor.press(&fields) == Pressed::Edit || fields.has("find") {
        let entered = Entered::refused(fields, FieldErrors::default());
        return staff.page(&page(web, staff, id, entered, editor).await?);
    }
    let written = match read(web, staff, &fields, &editor) {
        Ok(contents) => write(web, staff, id.as_ref(), &fields, &contents).await,
        Err(errors) => Err(errors.into()),
    };
    match written {
        Ok(id) if fields.get("do") == "send" => Ok(Redirect::to(&paths::asking(&id, "send")).into_response()),
        Ok(id) => Ok(toast::redirect(&paths::show(&id), "Draft saved.")),
        Err(Error::Fields(errors)) => {
            let editor = editor.refused(&errors);
            let page = page(web, staff, id, Entered::refused(fields, errors), editor).await?;
            staff.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(Error::Conflict(_)) if before.as_ref().is_some_and(Look::is_draft) => {
            stale(web, staff, before, fields, editor).await
        }
        Err(Error::Conflict(_)) => {
            Ok(Redirect::to(&id.as_ref().map_or(paths::INVOICES.into(), paths::show)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// Somebody saved the draft meanwhile: his version above, what was typed below, to be saved over it knowingly.
async fn stale(
    web: &Web,
    staff: &Staff,
    before: Option<Look>,
    fields: Fields,
    editor: LineEditor,
) -> Result<Response, PageError> {
    let id = before.as_ref().map(|look| look.sheet.invoice.id.clone());
    let revision = before.as_ref().map(|look| look.sheet.revision.to_string()).unwrap_or_default();
    let typed =
        fields.iter().filter(|(name, _)| *name != "revision").map(|(name, value)| (name.to_owned(), value.to_owned()));
    let entered = Entered::of(typed.chain([("revision".to_owned(), revision)]));
    let mut page = page(web, staff, id, entered, editor).await?;
    page.newer = before.map(Box::new);
    staff.page_with(StatusCode::CONFLICT, &page)
}

fn read(web: &Web, staff: &Staff, fields: &Fields, editor: &LineEditor) -> Result<Contents, FieldErrors> {
    let typed = TypedInvoice {
        customer: fields.get("customer"),
        issued_on: fields.get("issued"),
        due_on: fields.get("due"),
        memo: fields.get("memo"),
        notes: fields.get("notes"),
    };
    let today = web.app.now().date_in(&staff.business.time_zone);
    match (typed.read(today), editor.read()) {
        (Ok(writing), Ok((lines, default_tax))) => Ok(Contents { writing, lines, default_tax }),
        (writing, lines) => {
            let mut errors = writing.err().unwrap_or_default();
            for error in lines.err().unwrap_or_default().iter() {
                errors.push(error.field.clone(), error.message.clone());
            }
            Err(errors)
        }
    }
}

async fn write(
    web: &Web,
    staff: &Staff,
    invoice: Option<&InvoiceId>,
    fields: &Fields,
    contents: &Contents,
) -> Result<InvoiceId, Error> {
    let Some(invoice) = invoice else {
        return edit::create(&web.app, staff.actor(), staff.at(), contents).await;
    };
    let revision = fields.get("revision").parse().unwrap_or_default();
    edit::edit(&web.app, staff.actor(), staff.at(), invoice, revision, contents).await?;
    Ok(invoice.clone())
}

/// The draft as it is stored.
async fn stored(web: &Web, staff: &Staff, look: &Look) -> Result<(Entered, LineEditor), PageError> {
    let sheet = &look.sheet;
    let entered = Entered::of([
        ("customer", sheet.invoice.customer.to_string()),
        ("issued", sheet.invoice.issued_on.iso()),
        ("due", sheet.invoice.facts.due_on.iso()),
        ("memo", sheet.invoice.memo.clone()),
        ("notes", sheet.notes.clone()),
        ("revision", sheet.revision.to_string()),
    ]);
    let rates = edit::rates(&web.app, staff.at(), &kept_rates(look)).await?;
    let lines: Vec<_> = look.lines.iter().map(|line| line.line.clone()).collect();
    let editor = LineEditor::new(rates, sheet.default_tax.as_ref(), staff.business.currency).of(&lines);
    Ok((entered, editor))
}

fn kept_rates(look: &Look) -> Vec<TaxRateId> {
    let chosen = look.lines.iter().filter_map(|line| match &line.line.tax {
        TaxChoice::Rate(rate) => Some(rate.clone()),
        TaxChoice::Default | TaxChoice::None => None,
    });
    chosen.chain(look.sheet.default_tax.clone()).collect()
}

async fn page(
    web: &Web,
    staff: &Staff,
    invoice: Option<InvoiceId>,
    entered: Entered,
    editor: LineEditor,
) -> Result<EditInvoicePage, PageError> {
    let limit = i64::try_from(IN_A_LIST).unwrap_or_default() + 1;
    let (part, chosen) = (entered.value("customer_search").to_owned(), entered.value("customer").to_owned());
    let (mut customers, chosen) = edit::customers(&web.app, staff.actor(), staff.at(), &part, &chosen, limit).await?;
    let searches = customers.len() > IN_A_LIST || !part.trim().is_empty();
    if customers.len() > IN_A_LIST && part.trim().is_empty() {
        customers.clear();
    }
    customers.truncate(IN_A_LIST);
    if let Some(chosen) = chosen.filter(|chosen| !customers.iter().any(|it| it.id == chosen.id)) {
        customers.insert(0, chosen);
    }
    let frame = staff.frame(Place::Invoices);
    Ok(EditInvoicePage { frame, invoice, entered, editor, customers, searches, newer: None })
}

impl Samples for EditInvoicePage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        crate::sample::office_invoice::editors()
    }
}
