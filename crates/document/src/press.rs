//! Typst as a library: templates and fonts are part of the program, and the data of one document
//! stands beside them as two files. No other file exists.

use std::sync::LazyLock;

use serde_json::Value;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt as _, World};
use typst_layout::PagedDocument;
use typst_pdf::PdfOptions;

use crate::Error;

/// What can be printed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Template {
    /// `invoice.typ`.
    Invoice,
    /// `receipt.typ`.
    Receipt,
}

/// What all documents share; made at the first one.
struct Press {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    invoice: Source,
    receipt: Source,
    sheet: Source,
    data: FileId,
    logo: FileId,
}

static PRESS: LazyLock<Press> = LazyLock::new(|| {
    const FONTS: [&[u8]; 2] = [include_bytes!("../fonts/Inter.ttf"), include_bytes!("../fonts/DejaVuSans.ttf")];
    let fonts: Vec<_> = FONTS.iter().flat_map(|font| Font::iter(Bytes::new(*font))).collect();
    let source = |name, text: &str| Source::new(file(name), text.to_owned());
    Press {
        library: LazyHash::new(Library::default()),
        book: LazyHash::new(FontBook::from_fonts(&fonts)),
        fonts,
        invoice: source("invoice.typ", include_str!("../templates/invoice.typ")),
        receipt: source("receipt.typ", include_str!("../templates/receipt.typ")),
        sheet: source("sheet.typ", include_str!("../templates/sheet.typ")),
        data: file("data.json"),
        logo: file("logo"),
    }
});

fn file(name: &str) -> FileId {
    let path = VirtualPath::new(name).expect("our names are plain");
    RootedPath::new(VirtualRoot::Project, path).intern()
}

/// One document: its template, its data, its logo.
struct Sheet<'a> {
    press: &'static Press,
    main: &'a Source,
    data: Bytes,
    logo: Option<Bytes>,
}

impl World for Sheet<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.press.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.press.book
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let sources = [self.main, &self.press.sheet];
        sources.into_iter().find(|source| source.id() == id).cloned().ok_or_else(|| nowhere(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        match &self.logo {
            _ if id == self.press.data => Ok(self.data.clone()),
            Some(logo) if id == self.press.logo => Ok(logo.clone()),
            _ => Err(nowhere(id)),
        }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.press.fonts.get(index).cloned()
    }

    /// There is no clock in here: days come with the data.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn nowhere(id: FileId) -> FileError {
    FileError::NotFound(id.vpath().get_without_slash().into())
}

/// Prints `data` by `template`. A logo that can't be drawn is left out: it must not keep anybody
/// from his invoice.
pub(crate) fn print(template: Template, data: &Value, logo: Option<&[u8]>) -> Result<Vec<u8>, Error> {
    let printed = match logo {
        Some(_) => set(template, data, logo).or_else(|_| set(template, data, None)),
        None => set(template, data, None),
    };
    // What is remembered of a document helps the next few of its kind; then it would only fill memory.
    typst::comemo::evict(KEPT);
    printed
}

/// For so many documents after it, what was worked out for one is kept.
const KEPT: usize = 8;

fn set(template: Template, data: &Value, logo: Option<&[u8]>) -> Result<Vec<u8>, Error> {
    let mut data = data.clone();
    data["bill"]["logo"] = logo.is_some().into();
    let press = &*PRESS;
    let main = match template {
        Template::Invoice => &press.invoice,
        Template::Receipt => &press.receipt,
    };
    let data = Bytes::from_string(data.to_string());
    let sheet = Sheet { press, main, data, logo: logo.map(|bytes| Bytes::new(bytes.to_vec())) };
    let document: PagedDocument = typst::compile(&sheet).output.map_err(|faults| told(&faults))?;
    let options = PdfOptions { creator: Smart::Custom(None), ..PdfOptions::default() };
    typst_pdf::pdf(&document, &options).map_err(|faults| told(&faults))
}

fn told(faults: &[typst::diag::SourceDiagnostic]) -> Error {
    let messages: Vec<_> = faults.iter().map(|fault| fault.message.as_str()).collect();
    Error(messages.join("; "))
}
