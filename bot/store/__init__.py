"""What is remembered. The only package that knows SQL; everything outside speaks in domain values."""
