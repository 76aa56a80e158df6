//! `zoop migrate`: brings the schema up to this version. Running it again changes nothing.

use super::Failure;
use crate::config::Config;
use crate::wire;

pub(crate) async fn migrate(config: &Config) -> Result<(), Failure> {
    let db = wire::database(config).await?;
    let migration = db.migrate().await?;
    db.close().await;
    println!("The database is at version {}.", migration.version);
    Ok(())
}
