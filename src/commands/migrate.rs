//! `zoop migrate`: brings the schema up to this version. Running it again changes nothing.

use super::{Failure, say};
use crate::config::Config;
use crate::wire;

pub(crate) async fn migrate(config: &Config) -> Result<(), Failure> {
    let version = wire::migrate(config).await?;
    say(format_args!("The database is at version {version}."));
    Ok(())
}
