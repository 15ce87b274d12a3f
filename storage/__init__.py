"""The database: tables hold the facts, views are the contract readers rely on."""
