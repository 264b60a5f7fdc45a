def totales(cosecha):
    if not cosecha:
        return [], []
    dias = len(cosecha[0])
    por_surco = []
    por_dia = [0] * dias
    for surco in cosecha:
        if len(surco) < dias:
            return None
        for j in range(dias):
            por_dia[j] += surco[j]
        por_surco.append(sum(surco))
    return por_surco, por_dia
