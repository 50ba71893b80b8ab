"""What a message of a room is: a repost, a confirmation, or nothing of ours. Pure; nothing seen here is kept.

Imports only the model and the errors. A message that matches nothing is forgotten by whoever asked (DESIGN,
burden and law): no function here writes, logs or remembers any part of one.
"""
