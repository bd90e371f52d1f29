CREATE TABLE budgets(scope TEXT PRIMARY KEY CHECK(scope IN('session','project','team')),input INTEGER,output INTEGER)WITHOUT ROWID;
CREATE TABLE departures(number INTEGER PRIMARY KEY,into_number INTEGER,shift INTEGER,left_at INTEGER);
CREATE TABLE deployment(id INTEGER PRIMARY KEY CHECK(id = 1),jurisdiction TEXT NOT NULL);
CREATE TABLE folder_secret(id INTEGER PRIMARY KEY CHECK(id = 1),secret BLOB NOT NULL);
CREATE TABLE keys(id TEXT NOT NULL,secret_hash TEXT NOT NULL,origin TEXT NOT NULL CHECK(origin IN('deployment','issued')),created_at INTEGER NOT NULL,scope TEXT CHECK(scope IN('capture','full')),label TEXT,PRIMARY KEY(id,secret_hash))WITHOUT ROWID;
CREATE TABLE project_aliases(name TEXT PRIMARY KEY,number INTEGER NOT NULL)WITHOUT ROWID;
CREATE TABLE projects(number INTEGER PRIMARY KEY,name TEXT NOT NULL UNIQUE,created_at INTEGER NOT NULL);
CREATE TABLE reservations(session TEXT NOT NULL,generation INTEGER NOT NULL,batch INTEGER NOT NULL,attempt INTEGER NOT NULL,provider TEXT NOT NULL,project INTEGER NOT NULL,day TEXT NOT NULL,reserved_at INTEGER NOT NULL,input INTEGER NOT NULL,output INTEGER NOT NULL,PRIMARY KEY(session,generation,batch,attempt,provider))WITHOUT ROWID;
CREATE TABLE usage(day TEXT NOT NULL,session TEXT NOT NULL,project INTEGER NOT NULL,provider TEXT NOT NULL,model TEXT NOT NULL,input INTEGER NOT NULL,output INTEGER NOT NULL,calls INTEGER NOT NULL,PRIMARY KEY(day,session,project,provider,model))WITHOUT ROWID;
