#!/usr/bin/env zsh
# What an interactive zsh makes of a line when Tab is pressed behind it.
#   complete_in_zsh.zsh FOLDER COMMAND LINE: after COMMAND, which sets the completion up, in FOLDER
cd $1
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'PS1= PS2= RPS1=; autoload -Uz compinit; compinit -u -D'
zpty -w shell "$2"
zpty -w shell 'octet() { print -r -- "completed""<octet $*>" }'
zpty -w -n shell "$3"$'\t\n'
zpty -r -m shell shown '*completed<*>*'
zpty -d shell
print -r -- ${${shown##*completed<}%%>*}
