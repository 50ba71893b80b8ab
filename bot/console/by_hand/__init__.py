"""The manual channel's pages: what to post and forward now, ticked off with a key; a work group's chat, read and corrected."""
