"""Five schedules as operators write them, each lived through at the terminal: planned, let run, and compared.

    twelve weeks     numbered sessions, a letter in some of the weeks, one at half time, and a goodbye before the end
    team of forty    a spreadsheet, four first days, six zones, days off, and more than three letters in some weeks
    two languages    German and English, formal and informal, and a Dutch client who reads English where a file says so
    quiet August     holidays of four countries, days off, quiet hours, and sessions all the same
    one question     to six people tomorrow morning, three of whom do not get it

A story has a folder with its config.toml, its schedules and its spreadsheet, and a test that reads them as they are.
"""
