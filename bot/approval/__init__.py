"""Nothing goes out that a named person has not approved: the rules of approval, and the lint before it. Pure."""
