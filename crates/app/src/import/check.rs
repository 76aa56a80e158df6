//! Looks at a file. If all of it may come in, it is kept for a day, so that somebody can say yes; else it is told
//! what to put right, and forgotten.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use zoop_domain::form::FieldErrors;
use zoop_domain::id::{BusinessId, ImportId};
use zoop_domain::import::{Import, ImportKind, ImportState};
use zoop_store as store;

use super::plan::{Preview, preview};
use super::{LARGEST_FILE, file, known};
use crate::{Actor, App, Error, transaction};

const LONGEST_FILE_NAME: usize = 120;

/// What came of looking.
#[derive(Clone, Debug)]
pub enum Checked {
    /// It may come in: it is kept under this id.
    Ready(ImportId),
    /// It may not, or there is nothing in it that isn't here.
    Wrong(Box<Preview>),
}

/// Looks at a file that was chosen; `None` for one that is too large.
///
/// # Errors
/// [`Error::Fields`] with the field `file` for one that can't be read at all.
pub async fn check(
    app: &App,
    actor: Actor,
    business: &BusinessId,
    kind: ImportKind,
    file_name: &str,
    content: Option<&[u8]>,
) -> Result<Checked, Error> {
    actor.must_be_member()?;
    let refused = |why: String| Error::from(FieldErrors::one("file", why));
    let content = content
        .filter(|content| content.len() <= LARGEST_FILE)
        .ok_or_else(|| refused("This file is larger than 5 MB. Split it into several.".to_owned()))?;
    let decoded = file::decode(content).map_err(refused)?;
    let file_name = shown(file_name);
    let known = known(app, &mut app.db.read().await?, business).await?;
    let looked = preview(kind, decoded.text.clone(), known, (&file_name, decoded.encoding)).await?;
    let preview = looked.map_err(refused)?;
    if !preview.is_good() {
        return Ok(Checked::Wrong(Box::new(preview)));
    }
    let count = |count| i64::try_from(count).map_err(Error::internal);
    let import = Import {
        id: ImportId::generate(app.now(), app.random.as_ref()),
        business: business.clone(),
        kind,
        state: ImportState::Checked,
        file_name,
        encoding: decoded.encoding.to_owned(),
        content_hash: URL_SAFE_NO_PAD.encode(Sha256::digest(format!("{kind}\n{}", decoded.text))),
        row_count: count(preview.good)?,
        left_out: count(preview.left_out.count)?,
        made_by: actor.as_str().to_owned(),
        error: None,
        created_at: app.now(),
        finished_at: None,
    };
    transaction!(app, |tx| { store::import::insert(tx, &import, &decoded.text).await? })?;
    Ok(Checked::Ready(import.id))
}

/// The last part of a file's name, without what can't be shown.
fn shown(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = name.chars().filter(|letter| !letter.is_control()).take(LONGEST_FILE_NAME).collect();
    if name.trim().is_empty() { "file.csv".to_owned() } else { name.trim().to_owned() }
}
