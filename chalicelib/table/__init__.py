"""The one DynamoDB table: its keys, and the few ways in which it is read and written."""
