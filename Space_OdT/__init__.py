"""Space_OdT: a Webex Calling organisation from spreadsheet to live site."""

__version__ = "0.1.0"
