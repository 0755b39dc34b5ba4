"""The contract at work: which operation a request is, whether it keeps to the contract, what an answer looks like."""
