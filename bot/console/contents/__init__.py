"""The console's contents: the library, the editor, review and approval, and the inbox for fresh material."""
