#define VCS_VERSION "Git commit b6c99a3f2a1a"
#define VCS_NUM_COMMITS "0"
#define VCS_COMMIT_ID "b6c99a3f2a1a"