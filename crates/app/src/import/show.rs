//! How an import stands: what would come in, how far it is, or what became of it.

use zoop_domain::id::{BusinessId, ImportId};
use zoop_domain::import::{Import, ImportState};
use zoop_domain::time::TimeZone;
use zoop_store::{self as store, Tx};

use super::known;
use super::plan::{Preview, preview};
use crate::{Actor, App, Error};

/// An import as it stands.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The import.
    pub import: Import,
    /// What would come in, while nobody has said yes and its file is there.
    pub preview: Option<Preview>,
    /// Rows that are in, of how many, if the process that is asked does it.
    pub progress: Option<(usize, usize)>,
    /// When the same file came in before, and by whom.
    pub same: Option<(String, String)>,
}

/// Shows an import.
///
/// # Errors
/// [`Error::NotFound`] without such an import.
pub async fn show(app: &App, actor: Actor, business: &BusinessId, import: &ImportId) -> Result<Shown, Error> {
    actor.must_be_member()?;
    let mut tx = app.db.read().await?;
    let import = store::import::get(&mut tx, business, import).await?.ok_or(Error::NotFound)?;
    let progress = app.imports.find(&import.id).filter(|_| import.state == ImportState::Running);
    if !import.may_start() {
        return Ok(Shown { import, preview: None, progress, same: None });
    }
    let content = store::import::find_content(&mut tx, business, &import.id).await?;
    let Some(content) = content else { return Ok(Shown { import, preview: None, progress, same: None }) };
    let known = known(app, &mut tx, business).await?;
    // It was good when it was looked at, and is read anew: much may have happened since.
    let zone = known.owner.time_zone.clone();
    let looked = preview(import.kind, content, known, (&import.file_name, &import.encoding)).await?;
    let preview = looked.map_err(Error::internal)?;
    let same = match store::import::find_same(&mut tx, business, &import.content_hash).await? {
        Some(same) => Some(told(&mut tx, &same, &zone).await?),
        None => None,
    };
    Ok(Shown { import, preview: Some(preview), progress, same })
}

async fn told(tx: &mut Tx, same: &Import, zone: &TimeZone) -> Result<(String, String), Error> {
    let name = match same.made_by.parse() {
        Ok(user) => store::user::get(tx, user).await?.map(|user| user.name),
        Err(_) => None,
    };
    let day = same.finished_at.unwrap_or(same.created_at).date_in(zone);
    Ok((day.to_string(), name.unwrap_or_else(|| "the operator".to_owned())))
}
