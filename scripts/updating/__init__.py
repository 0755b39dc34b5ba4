"""Follow the vendor's document; for ``scripts/update.py``.

``facts`` takes the prose out of a document, ``merge`` brings what is new in it into ours, ``places`` finds its way
there, ``texts`` says what is to be written by a person, ``covering`` holds ours against theirs, ``news`` puts changes
into words of the package, and ``project`` changes the other files.
"""
