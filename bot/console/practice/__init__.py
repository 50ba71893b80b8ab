"""The practice groups: people of a demo's town speak in chats side by side, and its clock goes on. Only a demo has them."""
