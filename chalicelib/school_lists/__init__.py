"""School lists: files from administrators become schools of the directory.

A file arrives in the uploads bucket, dropped under ``uploads/`` or sent through the form that ``POST /v1/imports``
answers. Its event starts ``jobs.import_school_list``, and then::

    file_store   the object, as a seekable stream in bounded memory
    decoding     what kind of file it is, and its encoding       (or a refusal)
    reading      separator, header row, rows with their numbers  (or a refusal)
    layouts      which column holds what                         (or a refusal)
    rows         a row to a SchoolRecord, or to RowProblems      uses cleaning, naming, identity
    importer     records in chunks, checkpoints, the report
    chunks       what is new, changed or left alone, written together with the identity that names the school

The plain layout, in any order, any of , tab ; | ^ between the columns, with or without byte order mark:

================  ======================================================================================
name              the school's name; needed
street            street and number
city, state       state as two letters or as its name; both are needed where there is no ZIP code
zip               5 digits or ZIP+4; lost leading zeros are mended; needed where city or state is missing
phone             ten digits in any spelling, with an extension
website           with or without https://
latitude          decimal degrees
longitude         decimal degrees, negative
ipeds_unit_id     6 digits
nces_id           12 digits of a public school, 8 characters of a private one
ope_id            8 digits, or the 6 of the institution
level             secondary or postsecondary: of the programs
programs          CIP codes separated by semicolons, such as ``47.0603; 47.0604``
accreditation     MLR, AST, MAST, IMMR, TST, MTST or collision: of the programs
enrolment         students in the programs
status            ``closed`` for a school that is no more
================  ======================================================================================

``-``, ``N/A`` and a blank are nothing. Other columns are not read: names and e-mail addresses of people in a list never
get into a record, a report or a log.
"""
