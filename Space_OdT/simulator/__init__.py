"""A stateful Webex Calling organisation in a box; it imports nothing of the product."""
