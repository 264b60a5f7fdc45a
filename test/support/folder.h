#pragma once
/*
 * folder - places on the disk for tests. Main thread of a test executable only.
 */
enum { TEST_FOLDER_MAX = 64 };

/* Makes a new folder and writes its path; it goes with all that is in it at the end of the program.
 */
void test_folder(char path[TEST_FOLDER_MAX]);
