//! All SQL: one set of texts for SQLite and PostgreSQL.
