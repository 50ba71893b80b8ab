"""The real chat: python-wechaty through a gateway. Imported only when this channel runs (DESIGN, Facts)."""
