def ganador(uno, dos):
    if uno == "fuego":
        if dos == "junco":
            return 1
        return 2
    elif uno == "junco":
        if dos == "rocío":
            return 1
        return 2
    elif uno == "rocío":
        if dos == "fuego":
            return 1
        return 2
    elif uno == dos:
        return 0
