"""Running the product: command line, embedded PostgreSQL, ticker, assets, demo town."""
