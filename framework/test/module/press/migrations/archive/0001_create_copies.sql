create table archive.copies (
  event_id bigint not null,
  title text not null
);
