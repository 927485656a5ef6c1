"""The handlers that read and change the simulated organisation, one module per resource."""
