# Team room: what the members of a team write to each other that is about no conversation.

staff-nav-room = Team room
room-unread = { $count ->
    [one] 1 new message in the team room
   *[other] { $count } new messages in the team room
}
room-title = Team room { $team }
room-teams = Team
room-month = Month
room-month-unread = { $month } ({ $count } new)
room-elsewhere = { $count ->
    [one] { $month }: 1 new message
   *[other] { $month }: { $count } new messages
}
room-hidden = People seeking help see nothing of it.
room-readers = Can read: { $names }.
room-readers-count = { $count } people can read.
room-kept = { $days ->
    [one] It is deleted when the month is over and nobody has written for a day.
   *[other] It is deleted when the month is over and nobody has written for { $days } days.
}
room-kept-until = What stands here is deleted after { $date }.
room-empty = This is the place for whatever the team has to arrange: swapping shifts, dates, questions among yourselves. Each month begins empty. What concerns somebody seeking help belongs beside their conversation: there it stands where it is needed, and is deleted with it.
room-before = Things were written here before you joined. You can read what is written from now on.
room-paused = Until that is confirmed, nobody can write in the team room.
room-label = Exchange in the team room
room-answer-label = Write to the team { $team }
room-placeholder = Write to the team
room-over = This month is over.
room-now = To { $month }
alarm-notice-room = There is something new in the team room.
