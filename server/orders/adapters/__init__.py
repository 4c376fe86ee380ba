"""Documents as people get them: the words and figures of a language, the page, the PDF."""
