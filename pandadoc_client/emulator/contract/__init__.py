"""The contract at work: which operation a request is, whether it keeps to the contract, what a response looks like."""
