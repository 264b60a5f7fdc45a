def totales(cosecha):
    if not cosecha:
        return [], []
    if len(cosecha) > 1 and len(cosecha[0]) != len(cosecha[1]):
        return None
    por_surco = []
    por_dia = [0] * len(cosecha[0])
    for surco in cosecha:
        por_surco.append(sum(surco))
        for j in range(len(por_dia)):
            por_dia[j] += surco[j]
    return por_surco, por_dia
