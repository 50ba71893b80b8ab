"""What programs of others read: figures in the shapes of CONTRACTS, with an OpenAPI document. They change nothing."""
