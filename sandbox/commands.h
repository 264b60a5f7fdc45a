#pragma once
/* commands - what ainative-sandbox can be asked to do. argv[0] is the command's name; the answer is
 * the exit code: 0 done, 1 the machine cannot, 2 wrong use. */

int command_keeper(int argc, char **argv);
int command_check(int argc, char **argv);
int command_probe(int argc, char **argv);
