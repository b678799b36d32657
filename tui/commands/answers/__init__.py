"""What the commands answer, for scripts: structs whose fields, in their order, are the JSON.

One file a command. Each has the struct of the document and the function that makes it from what the analysis found.
`rtrace-tui help json` says what each field means to people; a test holds both together.
"""
