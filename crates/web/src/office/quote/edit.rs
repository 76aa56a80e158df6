//! The editor of a draft: for whom it is, until when, lines, a message, notes. What somebody else changed
//! meanwhile is shown, never overwritten.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::StatusCode;
use zoop_app::Error;
use zoop_app::customer_choice;
use zoop_app::quote::save::{Begun, TypedQuote, begin, create, edit};
use zoop_app::quote::show::show;
use zoop_domain::customer::Customer;
use zoop_domain::form::FieldErrors;
use zoop_domain::id::QuoteId;
use zoop_domain::quote::Quote;

use super::id;
use crate::Web;
use crate::error::PageError;
use crate::extract::Segments;
use crate::office::line_editor::{LineEditor, Pressed};
use crate::office::{Entered, Fields, Frame, Place, Posted, Staff, choose_customer, toast};
use crate::page::Samples;
use crate::routes::office::quote;

/// The page.
#[derive(Template)]
#[template(path = "office/quote/edit.html", whitespace = "minimize")]
pub struct QuoteEditPage {
    frame: Frame,
    /// The draft that is changed; `None`: a new one.
    draft: Option<QuoteId>,
    customer: Customer,
    entered: Entered,
    editor: LineEditor,
    /// What somebody had typed into an older version; the form shows the newer one.
    overtaken: Option<Fields>,
}

impl QuoteEditPage {
    fn heading(&self) -> &'static str {
        if self.draft.is_some() { "Edit quote" } else { "New quote" }
    }

    fn action(&self) -> String {
        self.draft.as_ref().map_or_else(|| quote::NEW.to_owned(), |draft| quote::act(draft, "edit"))
    }

    fn back(&self) -> String {
        self.draft.as_ref().map_or_else(|| quote::QUOTES.to_owned(), quote::show)
    }

    /// What was typed and not saved, as lines of text.
    fn lost(fields: &Fields) -> Vec<&str> {
        let told = fields.iter().filter(|(name, value)| {
            let shown = matches!(*name, "title" | "expires_on" | "message" | "notes")
                || name.ends_with("-description")
                || name.ends_with("-price");
            shown && !value.trim().is_empty()
        });
        told.map(|(_, value)| value).collect()
    }
}

fn typed(fields: &Fields, editor: &LineEditor) -> TypedQuote {
    let value = |name: &str| fields.get(name).to_owned();
    TypedQuote {
        customer: value("customer"),
        title: value("title"),
        expires_on: value("expires_on"),
        message: value("message"),
        notes: value("notes"),
        lines: editor.rows.clone(),
        default_tax: editor.default_tax.clone(),
    }
}

fn stored(quote: &Quote) -> Entered {
    let expires_on = quote.expires_on.map(zoop_domain::time::Date::iso).unwrap_or_default();
    Entered::of([
        ("customer", quote.customer.to_string()),
        ("title", quote.title.clone()),
        ("expires_on", expires_on),
        ("message", quote.message.clone()),
        ("notes", quote.notes.clone()),
        ("revision", quote.revision.to_string()),
    ])
}

async fn begun(web: &Web, staff: &Staff) -> Result<(Begun, LineEditor), PageError> {
    let begun = begin(&web.app, staff.actor(), staff.at()).await?;
    let default = staff.business.default_tax_rate.as_ref();
    let editor = LineEditor::new(begun.rates.clone(), default, staff.business.currency);
    Ok((begun, editor))
}

/// `GET /office/quotes/new`
pub async fn get_new(State(web): State<Web>, staff: Staff, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let query = Fields::read(query.unwrap_or_default().as_bytes());
    let customer = customer_choice::find(&web.app, staff.actor(), staff.at(), query.get("customer")).await?;
    let Some(customer) = customer else {
        let ways = (quote::NEW, (quote::QUOTES, "Quotes"));
        return choose_customer::ask(&web, &staff, Place::Quotes, "quote", ways, &query).await;
    };
    let (begun, editor) = begun(&web, &staff).await?;
    let entered = Entered::of([("customer", customer.id.to_string()), ("expires_on", begun.expires_on.iso())]);
    let frame = staff.frame(Place::Quotes);
    staff.page(&QuoteEditPage { frame, draft: None, customer, entered, editor, overtaken: None })
}

/// `GET /office/quotes/{quote}/edit`
pub async fn get(
    State(web): State<Web>,
    staff: Staff,
    Segments(quote): Segments<String>,
) -> Result<Response, PageError> {
    let detail = show(&web.app, staff.actor(), staff.at(), &id(&quote)?).await?;
    if let Err(refusal) = detail.quote.editable() {
        return Ok(toast::redirect(&quote::show(&detail.quote.id), &sentence(&refusal.to_string())));
    }
    let page = page_of(&web, &staff, detail.quote, detail.customer).await?;
    staff.page(&page)
}

async fn page_of(web: &Web, staff: &Staff, quote: Quote, customer: Customer) -> Result<QuoteEditPage, PageError> {
    let (_, mut editor) = begun(web, staff).await?;
    editor.default_tax = quote.default_tax.as_ref().map(ToString::to_string).unwrap_or_default();
    let (entered, editor) = (stored(&quote), editor.of(&quote.lines));
    let (frame, draft) = (staff.frame(Place::Quotes), Some(quote.id));
    Ok(QuoteEditPage { frame, draft, customer, entered, editor, overtaken: None })
}

/// `POST /office/quotes/new`
pub async fn post_new(State(web): State<Web>, posted: Posted) -> Result<Response, PageError> {
    save(&web, posted, None).await
}

/// `POST /office/quotes/{quote}/edit`
pub async fn post(
    State(web): State<Web>,
    Segments(quote): Segments<String>,
    posted: Posted,
) -> Result<Response, PageError> {
    save(&web, posted, Some(id(&quote)?)).await
}

async fn save(web: &Web, posted: Posted, draft: Option<QuoteId>) -> Result<Response, PageError> {
    let Posted { staff, fields } = posted;
    let (app, actor, at) = (&web.app, staff.actor(), staff.at());
    // Another business's draft is none, whatever is sent with it.
    let known = match &draft {
        Some(draft) => Some(show(app, actor, at, draft).await?),
        None => None,
    };
    let (_, editor) = begun(web, &staff).await?;
    let mut editor = editor.sent(&fields);
    let frame = staff.frame(Place::Quotes);
    let customer = customer_choice::find(app, actor, at, fields.get("customer")).await?;
    let customer = customer.or_else(|| known.map(|known| known.customer));
    let Some(customer) = customer else {
        return Ok(toast::redirect(quote::NEW, "Choose a customer first. Nothing was saved."));
    };
    let redrawn = |editor, entered| QuoteEditPage {
        frame: frame.clone(),
        draft: draft.clone(),
        customer: customer.clone(),
        entered,
        editor,
        overtaken: None,
    };
    if editor.press(&fields) == Pressed::Edit {
        return staff.page(&redrawn(editor, Entered::refused(fields, FieldErrors::default())));
    }
    let typed = typed(&fields, &editor);
    let saved = match &draft {
        None => create(app, actor, at, &typed).await,
        Some(draft) => {
            let revision = fields.get("revision").parse().unwrap_or_default();
            edit(app, actor, at, draft, revision, &typed).await.map(|()| draft.clone())
        }
    };
    match (saved, &draft) {
        (Ok(saved), _) if fields.get("do") == "send" => {
            Ok(toast::redirect(&quote::asking(&saved, "send"), "The draft is saved."))
        }
        (Ok(saved), _) => Ok(toast::redirect(&quote::show(&saved), "The draft is saved.")),
        (Err(Error::Fields(errors)), _) => {
            let editor = editor.refused(&errors);
            let page = redrawn(editor, Entered::refused(fields, errors));
            staff.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        (Err(Error::Conflict(why)), Some(draft)) => {
            let newer = show(app, actor, at, draft).await?;
            if newer.quote.editable().is_err() {
                return Ok(toast::redirect(&quote::show(draft), &format!("Not saved: {why}.")));
            }
            let mut page = page_of(web, &staff, newer.quote, newer.customer).await?;
            page.overtaken = Some(fields);
            staff.page_with(StatusCode::CONFLICT, &page)
        }
        (Err(error), _) => Err(error.into()),
    }
}

/// With a capital letter and a full stop.
pub(super) fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}

impl Samples for QuoteEditPage {
    #[cfg(any(test, feature = "samples"))]
    fn samples() -> Vec<(&'static str, Self)> {
        use crate::sample::office;
        let page = |draft: Option<QuoteId>, entered, editor, overtaken| Self {
            frame: office::frame(Place::Quotes),
            draft,
            customer: office::dana(),
            entered,
            editor,
            overtaken,
        };
        let written = office::quote(zoop_domain::quote::QuoteState::Draft, None);
        let errors = || {
            let mut errors = FieldErrors::one("expires_on", "Choose today or a later day.");
            errors.push("line-1-price", "Enter a price such as 62.50.");
            errors
        };
        let of = || stored(&written);
        let refused = Entered::refused(of().fields().clone(), errors());
        let editor = || office::line_editor().of(&written.lines);
        vec![
            ("office-quote-new", page(None, of(), office::line_editor(), None)),
            ("office-quote-edit", page(Some(written.id.clone()), of(), editor(), None)),
            ("office-quote-refused", page(None, refused, editor().refused(&errors()), None)),
            (
                "office-quote-overtaken",
                page(Some(written.id.clone()), of(), editor(), Some(Fields::of([("title", "Drain, west fence")]))),
            ),
        ]
    }
}
