-- Cases about accounts here have thirty days as well, counted from their opening: also those that wait already.
update cases set deadline = opened_at + 2592000000000 where source is null and state = 'open' and deadline is null;
