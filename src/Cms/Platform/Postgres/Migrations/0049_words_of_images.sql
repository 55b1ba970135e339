-- What files say of their pictures (IPTC, XMP), besides the three texts that were there.
alter table images
    add column title text,
    add column copyright text,
    add column creator text,
    add column licence text;
